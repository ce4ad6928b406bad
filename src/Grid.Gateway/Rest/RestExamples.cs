namespace Grid.Gateway.Rest;

/// <summary>What the reference shows: a transfer on a development chain.</summary>
internal static class RestExamples
{
    public const string Hash = "0x7d4c13ed95c0cee830d7457ec5a5976db1fc301cfa7a23fef0039a7ccf6aea87";
    public const string Sender = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    public const string Contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
    public const string RawTransactionText =
        "0x02f874827a6980843b9aca0084773594008252089470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a764000080c080a074128fd7d42631897474d936"
        + "92787a2e56b813754468caaca4993c641c986a37a06d5a3b027177cc2841199b70400fece0a29ac5eabee2fa9cbf9b6aa213716c48";

    public const string RawTransaction = $"\"{RawTransactionText}\"";

    public const string Accepted = $$"""{"hash":"{{Hash}}"}""";

    public const string NonceTooLow = $$"""
        {"type":"urn:grid:problem:nonce-too-low","title":"The transaction is refused","status":422,
         "detail":"nonce too low: address {{Sender}}, tx: 0 state: 1","code":"nonce-too-low","have":"0","want":"1"}
        """;

    public const string Transaction = $$"""
        {"hash":"{{Hash}}","status":"included","type":2,"from":"{{Sender}}","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","nonce":0,
         "value":"1000000000000000000","gasLimit":21000,"maxFeePerGas":"2000000000","maxPriorityFeePerGas":"1000000000",
         "maxFeePerBlobGas":null,"blobVersionedHashes":[],"accessList":[],"authorizationCount":0,"input":"0x",
         "block":{"number":1,"hash":"0x5d3f6d1b1c8c5a6f8f2f5c9a9d9a3b1e7c4b2a190817263544332211ffeeddcc","timestamp":1767225600,"index":0},
         "receipt":{"succeeded":true,"gasUsed":21000,"cumulativeGasUsed":21000,"effectiveGasPrice":"1875000000","contractAddress":null,"logs":[]} }
        """;

    public const string Account = $$"""
        {"address":"{{Sender}}","nonce":1,"pendingNonce":1,"balance":"9998999960625000000000","hasCode":false,
         "codeHash":"0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
         "storageRoot":"0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421","blockNumber":1}
        """;

    public const string Storage = $$"""
        {"address":"{{Contract}}","slot":"0x0000000000000000000000000000000000000000000000000000000000000000",
         "value":"0x000000000000000000000000000000000000000000000000000000000000002a"}
        """;

    public const string Proof = $$"""
        {"address":"{{Contract}}","nonce":1,"balance":"0","codeHash":"0x9f1b2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
         "storageRoot":"0x79b8f4c9a2d1e0f76b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a","blockNumber":1,
         "accountProof":["0xf871808080a0201f52c702c40589735c4b038bd94e04"],
         "storage":[{"slot":"0x0000000000000000000000000000000000000000000000000000000000000000",
          "value":"0x000000000000000000000000000000000000000000000000000000000000002a","proof":["0xe3a120290decd9548b62a8d60345a988386fc84ba6bc95"]}]}
        """;

    public const string Block = $$"""
        {"number":1,"hash":"0x5d3f6d1b1c8c5a6f8f2f5c9a9d9a3b1e7c4b2a190817263544332211ffeeddcc",
         "parentHash":"0x0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0","timestamp":1767225600,
         "beneficiary":"0x0000000000000000000000000000000000000000",
         "stateRoot":"0x3b1e7c4b2a190817263544332211ffeeddcc5d3f6d1b1c8c5a6f8f2f5c9a9d9a",
         "transactionsRoot":"0x1c8c5a6f8f2f5c9a9d9a3b1e7c4b2a190817263544332211ffeeddcc5d3f6d1b",
         "receiptsRoot":"0x056b23fbba480696b65fe5a59b8f2148a1299103c4f57df839233af2cf4ca2d2","gasUsed":21000,"gasLimit":30000000,
         "baseFeePerGas":"875000000","blobGasUsed":0,"excessBlobGas":0,
         "withdrawalsRoot":"0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
         "requestsHash":"0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "parentBeaconBlockRoot":"0x0000000000000000000000000000000000000000000000000000000000000000",
         "prevRandao":"0x0000000000000000000000000000000000000000000000000000000000000000","extraData":"0x","sizeBytes":733,
         "transactionCount":1,"transactionOffset":0,"transactionHashes":["{{Hash}}"],"transactions":null}
        """;

    private const string Silo = $$"""
        {"silo":"S127.0.0.1:11111:152","name":"127.0.0.1:11111","headNumber":42,"shards":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15],"lanes":1,"lanesBusyMs":512.4,
         "laneQueue":0,"uptimeMs":61000,"allocatedBytes":812345678,"workingSetBytes":201326592,
         "grainTypes":[{"grainType":"StateShardGrain","activations":16,"turns":1344,"errors":0,"inTurn":0,"busyMs":95.1,"longestMs":4.2}],
         "hottestAccounts":[{"address":"{{Contract}}","touches":1200,"turns":42,"busyMs":31.5,"bytes":96000}],
         "contendedPlaces":[{"account":"{{Contract}}","slot":"0x0000000000000000000000000000000000000000000000000000000000000000","blocks":38,"transactions":9600,
          "gasShare":0.31,"called":"{{Contract}}","selector":"0xa9059cbb","advice":"splitSlot"}],
         "execution":{"blocks":40,"transactions":52000,"executions":52180,"waves":43,"strands":30100,"batches":320,"anchored":96,"largestStrand":310,"idealWidth":14.2,"achievedWidth":1.9,
          "predictions":{"profiles":12,"unknownCalls":300,"right":2100,"partly":40,"wrong":25},"fallbacks":{"small":4,"serial":2,"conflict":3},
          "accessLists":{"used":20,"wrong":1} } }
        """;

    public const string Grains = $$"""{"unixMs":1767225601250,"silos":[{{Silo}}],"pins":[{"shard":3,"silo":"10.0.0.2:11111"}],"moves":[]}""";

    private const string Head = """
        {"number":42,"hash":"0x5d3f6d1b1c8c5a6f8f2f5c9a9d9a3b1e7c4b2a190817263544332211ffeeddcc","timestamp":1767225600,
         "beneficiary":"0x0000000000000000000000000000000000000000","transactionCount":120,"gasUsed":2520000,"gasLimit":30000000,
         "baseFeePerGas":"875000000","sizeBytes":14100}
        """;

    public const string Status = $$"""
        {"unixMs":1767225601250,"clientVersion":"Grid/v0.1.0/linux-x64/dotnet10.0.1","chainId":31337,
         "genesisHash":"0x0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0","head":{{Head}},"nextBaseFeePerGas":"875000000",
         "rates":{"windowMs":10000,"transactionsPerSecond":120,"gasPerSecond":2520000,"blocksPerSecond":1,"blockTimeMs":1000},
         "totals":{"blocks":42,"transactions":5040,"gasUsed":105840000,"abortedBlocks":0},
         "lastBlockStages":{"orderMs":0.4,"planMs":0.1,"executeMs":4.8,"validateMs":0.3,"applyMs":1.2,"rootMs":0.9,"commitMs":0.2,"totalMs":7.5},
         "pool":{"pending":12,"queued":0,"limit":65536,"oldestAgeMs":310,"rejected":{"Underpriced":1} },"recentBlocks":[{{Head}}],
         "silos":[{{Silo}}],"pins":[],
         "moves":[{"account":"{{Contract}}","shard":10,"fromSilo":"127.0.0.1:11111","toSilo":"127.0.0.1:11112","share":0.42}]}
        """;
}
