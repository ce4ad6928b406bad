-- What the chain starts from.

create table chain (
    one boolean primary key default true check (one), -- there is one row, or none
    fingerprint bytea not null check (octet_length(fingerprint) = 32), -- SHA-256 of the genesis file
    genesis bytea not null -- the file, compressed with gzip
);

alter table chain alter genesis set storage external;
