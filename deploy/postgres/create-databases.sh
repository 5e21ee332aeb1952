#!/bin/sh
# One role and one database for each service, each closed to the others. The image runs this once, on an
# empty volume; the passwords come from files and appear in no environment and no command line.
set -eu

for service in admission pathway notifications indicators; do
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
        --set=service="$service" <<SQL
\\set password \`cat "${SECRETS:-/run/secrets}/${service}_database_password"\`
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service" TEMPLATE template0;
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
