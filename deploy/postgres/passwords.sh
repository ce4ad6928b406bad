#!/bin/sh
# For the first start of a PostgreSQL container, after roles.sql: gives the roles their passwords, which come from the environment and stand in no file.
set -eu
psql --set ON_ERROR_STOP=1 --set owner="$GRID_OWNER_PASSWORD" --set silo="$GRID_SILO_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
alter role grid_owner password :'owner';
alter role grid_silo password :'silo';
SQL
