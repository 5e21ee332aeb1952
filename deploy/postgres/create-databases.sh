#!/bin/sh
# One role and one database for each service, each closed to the others. The image runs this once, on an
# empty volume; the passwords come from the environment and appear in no command line.
set -eu

for service in admission pathway notifications indicators; do
    password_variable="$(echo "$service" | tr '[:lower:]' '[:upper:]')_DATABASE_PASSWORD"
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
        --set=service="$service" <<SQL
\\getenv password $password_variable
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service" TEMPLATE template0;
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
