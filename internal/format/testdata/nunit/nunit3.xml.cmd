written after "Test Result XML Format" of the NUnit documentation (NUnit 3.16), not run: no .NET at hand
