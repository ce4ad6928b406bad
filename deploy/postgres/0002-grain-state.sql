-- The small state of grains that is rarely written, for Orleans' persistence. A grain's key is two numbers or a text; the hashes that Orleans sends
-- along are for databases that can't index it.

create table grain_state (
    service_id text not null,
    grain_type text not null,
    key_high bigint not null,
    key_low bigint not null,
    key_text text not null,
    version integer not null,
    payload bytea,
    changed_at timestamptz not null default now(),
    primary key (service_id, grain_type, key_high, key_low, key_text)
);

insert into orleansquery (querykey, querytext) values

('ReadFromStorageKey', $sql$
    select payload as "PayloadBinary", version as "Version"
    from grain_state
    where service_id = @ServiceId and grain_type = @GrainTypeString
        and key_high = @GrainIdN1 and key_low = @GrainIdN0 and key_text = coalesce(@GrainIdExtensionString, '')
$sql$),

-- Answers with the version that is now there. Of two activations that write from the same version one gets that version back, which says that it wrote nothing;
-- so does one that believes that there is no state yet, where there is: null.
('WriteToStorageKey', $sql$
    with changed as (
        update grain_state set payload = @PayloadBinary, version = version + 1, changed_at = now()
        where service_id = @ServiceId and grain_type = @GrainTypeString
            and key_high = @GrainIdN1 and key_low = @GrainIdN0 and key_text = coalesce(@GrainIdExtensionString, '')
            and version = @GrainStateVersion
        returning version),
    made as (
        insert into grain_state (service_id, grain_type, key_high, key_low, key_text, version, payload)
        select @ServiceId, @GrainTypeString, @GrainIdN1, @GrainIdN0, coalesce(@GrainIdExtensionString, ''), 1, @PayloadBinary
        where @GrainStateVersion is null
        on conflict do nothing
        returning version)
    select coalesce((select version from changed), (select version from made), @GrainStateVersion) as "NewGrainStateVersion"
$sql$),

('ClearStorageKey', $sql$
    with changed as (
        update grain_state set payload = null, version = version + 1, changed_at = now()
        where service_id = @ServiceId and grain_type = @GrainTypeString
            and key_high = @GrainIdN1 and key_low = @GrainIdN0 and key_text = coalesce(@GrainIdExtensionString, '')
            and version = @GrainStateVersion
        returning version)
    select coalesce((select version from changed), @GrainStateVersion) as "NewGrainStateVersion"
$sql$),

('DeleteStorageKey', $sql$
    with removed as (
        delete from grain_state
        where service_id = @ServiceId and grain_type = @GrainTypeString
            and key_high = @GrainIdN1 and key_low = @GrainIdN0 and key_text = coalesce(@GrainIdExtensionString, '')
            and version = @GrainStateVersion
        returning version)
    select coalesce((select version + 1 from removed), @GrainStateVersion) as "NewGrainStateVersion"
$sql$);
