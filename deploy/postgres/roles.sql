-- Least privilege: "grid_owner" makes the tables ("grid schema", before a new version starts), "grid_silo" may only read and write rows, and is
-- what silos connect as. Run once by the server's administrator, in the chain's database; passwords are set apart (\password grid_silo), so that they
-- stand in no file. Gateways have no role: they don't connect.
--
--   psql -d grid -f deploy/postgres/roles.sql
--   GRID_DATABASE='Host=…;Database=grid;Username=grid_owner;Password=…;SSL Mode=VerifyFull' grid schema
--   GRID_DATABASE='Host=…;Database=grid;Username=grid_silo;Password=…;SSL Mode=VerifyFull' grid silo

create role grid_owner login;
create role grid_silo login;

create schema grid authorization grid_owner;
create schema grid_orleans authorization grid_owner;
grant usage on schema grid, grid_orleans to grid_silo;

-- Tables that are there, and those that grid_owner will make.
grant select, insert, update, delete on all tables in schema grid, grid_orleans to grid_silo;
alter default privileges for role grid_owner in schema grid, grid_orleans grant select, insert, update, delete on tables to grid_silo;
grant usage on all sequences in schema grid, grid_orleans to grid_silo;
alter default privileges for role grid_owner in schema grid, grid_orleans grant usage on sequences to grid_silo;
