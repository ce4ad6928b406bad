return await Grid.Node.CommandLine.RunAsync(args);
