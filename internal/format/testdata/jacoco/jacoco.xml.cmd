JaCoCo 0.8.6: the tasks coverage and report of org.jacoco.ant
