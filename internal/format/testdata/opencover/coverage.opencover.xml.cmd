written after the documentation and source of OpenCover and Coverlet (OpenCoverReporter.cs), not run: no .NET at hand
