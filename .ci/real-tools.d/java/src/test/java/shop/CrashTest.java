package shop;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CrashTest {
    @BeforeAll
    static void opens() { throw new IllegalStateException("no database"); }

    @Test
    void never() { }
}
