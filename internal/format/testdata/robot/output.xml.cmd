Robot Framework 7.5: robot --output output.xml .
