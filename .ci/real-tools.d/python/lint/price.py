import os
import sys


def price(net: int) -> str:
    return net * 2


print(price("1"), undefined)
