written after "Format of XML Results" of the xUnit.net documentation (v2), not run: no .NET at hand
