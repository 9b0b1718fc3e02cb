package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {
    static int runs;

    @Test
    void adds() { assertEquals(119, new Price().gross(100)); }

    @Test
    void breaks() { assertEquals(120, new Price().gross(100)); }

    @Test
    void crashes() { new Price().gross(-1); }

    @Test
    void flaps() { assertEquals(2, ++runs); }

    @Test
    @Disabled("needs a till")
    void later() { }

    @Test
    void assumes() { assumeTrue(false, "no till here"); }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void times(int n) { assertEquals(1, n % 2, "odd"); }

    @RepeatedTest(2)
    void repeats() { }
}
