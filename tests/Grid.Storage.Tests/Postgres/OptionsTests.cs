using Grid.Storage.Postgres;
using Npgsql;

namespace Grid.Storage.Tests.Postgres;

/// <summary>Options that can't be used are refused, and what is said about a database never has the password.</summary>
public sealed class OptionsTests
{
    private const string Secret = "s3cret-word";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_database_is_described_without_its_password()
    {
        var options = new PostgresOptions($"Host=db.example;Port=5433;Database=chain;Username=me;Password={Secret}");
        Assert.Equal("PostgreSQL at db.example:5433, database chain, schema grid", options.Describe());
        Assert.Equal("PostgreSQL at db.example:5432, database me, schema grid", new PostgresOptions("Host=db.example;Username=me").Describe());
        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
        Assert.Contains("Schema = other", (options with { Schema = "other" }).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"postgres://me:{Secret}@db.example/chain")]
    [InlineData($"postgres://me:{Secret}@db.example/chain?sslmode=require")]
    [InlineData($"Host=db.example;Port={Secret}")]
    [InlineData($"Host=db.example;Pass word={Secret}")]
    [InlineData($"Host=db.example;SSL Mode={Secret}")]
    [InlineData($"Password={Secret}")]
    [InlineData("")]
    public async Task A_connection_string_that_cant_be_read_isnt_quoted(string connectionString)
    {
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(new PostgresOptions(connectionString), Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Grid")]
    [InlineData("1st")]
    [InlineData("a\"; drop schema b; --")]
    [InlineData("a_name_that_is_longer_than_the_sixty_three_letters_that_are_allowed")]
    public void A_schema_is_named_by_a_plain_identifier(string schema)
    {
        var options = new PostgresOptions("Host=127.0.0.1") { Schema = schema };
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(options.ToConnectionString).Error);
    }

    [Fact]
    public void What_commits_rely_on_is_asked_for_beside_the_users_own_options()
    {
        var builder = new PostgresOptions("Host=127.0.0.1;Options=-c work_mem=8MB;Maximum Pool Size=500;Search Path=public;Enlist=true")
        {
            Schema = "grid",
            CommandTimeout = TimeSpan.FromSeconds(3.5),
        }.ToConnectionString();
        Assert.Equal(
            @"-c work_mem=8MB -c synchronous_commit=on -c default_transaction_isolation=read\ committed -c idle_in_transaction_session_timeout=3500", builder.Options);
        Assert.Equal((16, "grid", false, 4), (builder.MaxPoolSize, builder.SearchPath, builder.Enlist, builder.CommandTimeout));
    }

    [Fact]
    public void The_connection_string_may_name_the_schema()
    {
        var options = new PostgresOptions("Host=db.example;Username=me;Search Path=chain_5");
        Assert.Equal("chain_5", options.ToConnectionString().SearchPath);
        Assert.EndsWith("schema chain_5", options.Describe(), StringComparison.Ordinal);
        Assert.Equal("other", (options with { Schema = "other" }).ToConnectionString().SearchPath);
        Assert.Equal("grid", new PostgresOptions("Host=db.example").ToConnectionString().SearchPath);
    }

    [Fact]
    public async Task A_session_has_them_whatever_the_role_was_set_to()
    {
        var server = await SharedPostgres.ServerAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await ExecuteAsync(source, $"create role careless login superuser password '{Secret}'");
        await ExecuteAsync(source, "alter role careless set synchronous_commit = off");
        await ExecuteAsync(source, "alter role careless set default_transaction_isolation = 'serializable'");
        var options = SharedPostgres.OptionsOf(server) with { ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = "careless", Password = Secret }.ConnectionString };
        await using var database = await PostgresDatabase.OpenAsync(options, Cancellation);
        // Twice: a connection that was given back and taken again has them as well.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("on, read committed", await database.ReadAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand("select current_setting('synchronous_commit') || ', ' || current_setting('transaction_isolation')", connection);
                    return (string?)await command.ExecuteScalarAsync(Cancellation);
                },
                Cancellation));
        }
    }

    [Fact]
    public async Task A_server_that_may_lose_commits_is_refused()
    {
        Assert.SkipUnless(Testing.PostgresServer.IsInstalled, Testing.PostgresServer.Missing);
        await using var server = await Testing.PostgresServer.StartAsync("fsync=off");
        var error = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(SharedPostgres.OptionsOf(server), Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains("fsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_the_server_turns_away_is_told_why_and_nothing_else()
    {
        var server = await SharedPostgres.ServerAsync();
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = Secret };
        var password = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(new PostgresOptions(wrong.ConnectionString), Cancellation));
        Assert.Equal(StorageError.Unavailable, password.Error);
        Assert.Contains("password authentication failed", password.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, password.ToString(), StringComparison.Ordinal);

        wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "nowhere" };
        var database = await Assert.ThrowsAsync<StorageException>(() => PostgresDatabase.OpenAsync(new PostgresOptions(wrong.ConnectionString), Cancellation));
        Assert.Contains("\"nowhere\" does not exist (3D000)", database.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Password, database.ToString(), StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
