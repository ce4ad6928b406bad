-- Receipts are compressed: with lz4, where the server has it, in a fraction of the time.
do $$
begin
    alter table blocks alter receipts set compression lz4;
exception
    when feature_not_supported then null;
end
$$;
