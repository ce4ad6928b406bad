using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

/// <summary>Holds each node with its children cut off to hashes, as a store would.</summary>
internal sealed class RecordedNodes : INodeSource
{
    private readonly Dictionary<(TriePath, Hash256), TrieNode> _nodes = [];

    public RecordedNodes(TrieNode root) => Record(root, TriePath.Root, isRoot: true);

    public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node) => _nodes.TryGetValue((path, hash), out node!);

    private TrieNode Record(TrieNode node, TriePath path, bool isRoot = false)
    {
        var cut = node;
        if (node is BranchNode branch)
        {
            var children = default(TrieChildren);
            for (var i = 0; i < 16; i++)
            {
                children[i] = branch.Children[i] is { } child ? Record(child, path.Append(i)) : null;
            }
            cut = new BranchNode(in children);
        }
        else if (node is ExtensionNode extension)
        {
            cut = new ExtensionNode(in extension.Key, extension.Depth, extension.End, Record(extension.Child, TriePath.Of(in extension.Key, extension.End)));
        }
        if (!node.IsReferencedByHash && !isRoot)
        {
            return cut;
        }
        var hash = new MerkleTrie<BytesValue>(node, 0).RootHash();
        _nodes[(path, hash)] = cut;
        return new HashNode(in hash);
    }
}
