"""PostgreSQL and Kafka without installation: from wheels and checked jars."""
