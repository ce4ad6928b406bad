-- Which silos a cluster has, for Orleans' membership protocol. Orleans brings no SQL: it reads the statements that it runs from the table
-- OrleansQuery, by the keys and with the parameters of version 10.4. Applied by "grid schema" or "grid silo --create-schema", once, in a schema of its own.

create table orleansquery (
    querykey text primary key,
    querytext text not null
);

-- Every change of a cluster's membership counts its version up, and names the one that it was made from: of two at once one is refused.
create table membership_version (
    cluster_id text primary key,
    version integer not null default 0,
    changed_at timestamptz not null default now()
);

create table membership (
    cluster_id text not null references membership_version,
    address text not null,
    port integer not null,
    generation integer not null,
    silo_name text not null,
    host_name text not null,
    status integer not null,
    gateway_port integer not null,
    suspected text,
    started_at timestamptz not null,
    alive_at timestamptz not null,
    primary key (cluster_id, address, port, generation)
);

insert into orleansquery (querykey, querytext) values

('InsertMembershipVersionKey', $sql$
    with made as (
        insert into membership_version (cluster_id) values (@DeploymentId) on conflict do nothing returning 1)
    select exists (select from made)
$sql$),

-- The version's row is the lock: whoever waited for it compares the version again, and finds that it has changed.
('InsertMembershipKey', $sql$
    with counted as (
        update membership_version set version = version + 1, changed_at = now()
        where cluster_id = @DeploymentId and version = @Version
            and not exists (
                select from membership
                where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
        returning cluster_id),
    made as (
        insert into membership (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
        select cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from counted
        returning 1)
    select exists (select from made)
$sql$),

('UpdateMembershipKey', $sql$
    with counted as (
        update membership_version set version = version + 1, changed_at = now()
        where cluster_id = @DeploymentId and version = @Version
            and exists (
                select from membership
                where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation)
        returning cluster_id),
    changed as (
        update membership set status = @Status, suspected = @SuspectTimes, alive_at = @IAmAliveTime
        from counted
        where membership.cluster_id = counted.cluster_id and address = @Address and port = @Port and generation = @Generation
        returning 1)
    select exists (select from changed)
$sql$),

-- Says that a silo lives, and changes no membership: the version stays.
('UpdateIAmAlivetimeKey', $sql$
    update membership set alive_at = @IAmAliveTime
    where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$sql$),

-- The version also where no silo is found.
('MembershipReadRowKey', $sql$
    select version as "Version", address as "Address", port as "Port", generation as "Generation", silo_name as "SiloName", host_name as "HostName",
        status as "Status", gateway_port as "ProxyPort", suspected as "SuspectTimes", started_at as "StartTime", alive_at as "IAmAliveTime"
    from membership_version left join membership
        on membership.cluster_id = membership_version.cluster_id and address = @Address and port = @Port and generation = @Generation
    where membership_version.cluster_id = @DeploymentId
$sql$),

('MembershipReadAllKey', $sql$
    select version as "Version", address as "Address", port as "Port", generation as "Generation", silo_name as "SiloName", host_name as "HostName",
        status as "Status", gateway_port as "ProxyPort", suspected as "SuspectTimes", started_at as "StartTime", alive_at as "IAmAliveTime"
    from membership_version left join membership using (cluster_id)
    where cluster_id = @DeploymentId
$sql$),

('GatewaysQueryKey', $sql$
    select address as "Address", gateway_port as "ProxyPort", generation as "Generation"
    from membership
    where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
$sql$),

-- 3 is an active silo.
('CleanupDefunctSiloEntriesKey', $sql$
    delete from membership where cluster_id = @DeploymentId and alive_at < @IAmAliveTime and status <> 3
$sql$),

('DeleteMembershipTableEntriesKey', $sql$
    delete from membership where cluster_id = @DeploymentId;
    delete from membership_version where cluster_id = @DeploymentId
$sql$);
