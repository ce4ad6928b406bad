using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace Grid.Architecture.Tests;

/// <summary>Reads from an assembly what its grains say over the wire: interfaces, methods, messages, members, enumerations.</summary>
internal static class WireContracts
{
    private const BindingFlags OwnMembers = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IEnumerable<Type> GrainInterfaces(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)).OrderBy(type => type.FullName, StringComparer.Ordinal);

    public static IEnumerable<Type> Messages(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)).OrderBy(type => type.FullName, StringComparer.Ordinal);

    public static IEnumerable<MethodInfo> MethodsOf(Type grain) => grain.GetMethods(OwnMembers).OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>One line each: interfaces with their methods, messages with their members by id, enumerations with their values.</summary>
    public static IEnumerable<string> Describe(Assembly assembly)
    {
        var enums = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var grain in GrainInterfaces(assembly))
        {
            lines.Add($"grain {AliasOf(grain)} : {string.Join(", ", grain.GetInterfaces().Where(x => x.Name.Contains("Key", StringComparison.Ordinal)).Select(x => x.Name).Order(StringComparer.Ordinal))}");
            foreach (var method in MethodsOf(grain))
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType, enums)));
                lines.Add($"  {AliasOf(grain)}.{method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name}({parameters}): {NameOf(method.ReturnType, enums)}");
            }
        }
        foreach (var message in Messages(assembly))
        {
            lines.Add($"message {AliasOf(message)}: {KindOf(message)}");
            lines.AddRange(MembersOf(message).OrderBy(member => member.Id).Select(member => $"  {AliasOf(message)}[{member.Id}] {member.Name}: {NameOf(member.Type, enums)}"));
        }
        lines.AddRange(enums.Values.Select(type =>
            $"enum {type.Name} : {Enum.GetUnderlyingType(type).Name} = {string.Join(", ", Enum.GetNames(type).Select(name => $"{name} {Convert.ToInt64(Enum.Parse(type, name), null)}"))}"));
        return lines;
    }

    private static IEnumerable<(uint Id, string Name, Type Type)> MembersOf(Type message)
    {
        var properties = message.GetProperties(OwnMembers).Select(x => (x.GetCustomAttribute<IdAttribute>(), x.Name, x.PropertyType));
        var fields = message.GetFields(OwnMembers).Select(x => (x.GetCustomAttribute<IdAttribute>(), x.Name, x.FieldType));
        foreach (var (id, name, type) in properties.Concat(fields))
        {
            if (id is not null)
            {
                yield return (id.Id, name, type);
            }
        }
    }

    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!;

    private static string KindOf(Type type) => typeof(Exception).IsAssignableFrom(type) ? "exception" : type.IsValueType ? "value" : "reference";

    private static string NameOf(Type type, SortedDictionary<string, Type> enums)
    {
        if (type.IsEnum)
        {
            enums[type.Name] = type;
        }
        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!, enums) + "[]";
        }
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return NameOf(value, enums) + "?";
        }
        return type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(x => NameOf(x, enums)))}>" : type.Name;
    }
}
