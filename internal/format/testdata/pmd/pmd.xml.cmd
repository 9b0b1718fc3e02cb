PMD 7.7.0 through maven-pmd-plugin 3.26.0: mvn pmd:pmd
