package shop;

public class Price {
    public int gross(int net) {
        if (net < 0) {
            throw new IllegalArgumentException("negative");
        }
        return net + 19;
    }
}
