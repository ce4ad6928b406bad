using RocksDbSharp;
using Database = RocksDbSharp.RocksDb;

namespace Grid.Storage.RocksDb;

/// <summary>The column families of a data folder. Their names are part of the format.</summary>
internal sealed class Families(Database database)
{
    /// <summary>In the order of the properties below; the first is RocksDB's own.</summary>
    public static readonly string[] Names = ["default", "blocks", "numbers", "transactions", "pool", "versions", "nodes", "storage", "codes", "hashes", "history"];

    /// <summary>Format, head, fencing number.</summary>
    public ColumnFamilyHandle Single { get; } = database.GetColumnFamily(Names[0]);

    /// <summary>Height to block.</summary>
    public ColumnFamilyHandle Blocks { get; } = database.GetColumnFamily(Names[1]);

    /// <summary>Block hash to height.</summary>
    public ColumnFamilyHandle Numbers { get; } = database.GetColumnFamily(Names[2]);

    /// <summary>Transaction hash to height and index.</summary>
    public ColumnFamilyHandle Transactions { get; } = database.GetColumnFamily(Names[3]);

    /// <summary>Transaction hash to admitted transaction.</summary>
    public ColumnFamilyHandle Pool { get; } = database.GetColumnFamily(Names[4]);

    /// <summary>Shard to version and top.</summary>
    public ColumnFamilyHandle Versions { get; } = database.GetColumnFamily(Names[5]);

    /// <summary>Place in the account trie to node.</summary>
    public ColumnFamilyHandle Nodes { get; } = database.GetColumnFamily(Names[6]);

    /// <summary>Account and place in its storage trie to node.</summary>
    public ColumnFamilyHandle Storage { get; } = database.GetColumnFamily(Names[7]);

    /// <summary>Code hash to code.</summary>
    public ColumnFamilyHandle Codes { get; } = database.GetColumnFamily(Names[8]);

    /// <summary>Height to block hash: BLOCKHASH asks for 256 of them, and blocks are large.</summary>
    public ColumnFamilyHandle Hashes { get; } = database.GetColumnFamily(Names[9]);

    /// <summary>Account or slot, and height, to what it was before that block. Empty unless history is kept.</summary>
    public ColumnFamilyHandle History { get; } = database.GetColumnFamily(Names[10]);

    public static ColumnFamilies Describe(BlockBasedTableOptions table)
    {
        var families = new ColumnFamilies();
        foreach (var name in Names)
        {
            families.Add(name, new ColumnFamilyOptions().SetBlockBasedTableFactory(table));
        }
        return families;
    }
}
