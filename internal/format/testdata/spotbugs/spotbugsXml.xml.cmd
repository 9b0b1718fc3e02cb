SpotBugs 4.8.6 through spotbugs-maven-plugin 4.8.6.6: mvn spotbugs:spotbugs -Dspotbugs.effort=Max -Dspotbugs.threshold=Low
