def price(net, reduced=False):
    if reduced:
        return net * 1.07
    return net * 1.19


def refund(gross):
    fee = 1
    return gross - fee
