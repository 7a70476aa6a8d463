"""Quantiles and functions to 40 digits with the standard library alone.

Nothing here is a translation of the Go code: there Student's t comes of a continued fraction of the incomplete beta
function in float64, here of tanh-sinh quadrature of the density in Decimal."""

from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 40
PI = Decimal("3.14159265358979323846264338327950288419716939937510582")


def dec(x):
    """A Decimal of a Fraction, an int or a Decimal."""
    if isinstance(x, Fraction):
        return Decimal(x.numerator) / Decimal(x.denominator)
    return Decimal(x)


def integral(g, top, step=Decimal("0.0625"), reach=Decimal("4.5")):
    """The integral of g(u, rest) from 0 to top, where rest = top - u is exact near the end (tanh-sinh)."""
    total, s = Decimal(0), -reach
    while s <= reach:
        e = s.exp()
        sinh, cosh = (e - 1 / e) / 2, (e + 1 / e) / 2
        q = (PI * sinh).exp()  # (1+tanh)/2 = q/(1+q)
        total += g(top * q / (1 + q), top / (1 + q)) * top * PI * cosh * q / (1 + q) ** 2
        s += step
    return total * step


def t_quantile(df):
    """The 0.975 quantile of Student's t. With u = t/sqrt(df+t^2) the density is (1-u^2)^((df-2)/2)."""
    df = dec(df)
    power = (df - 2) / 2

    def density(u, one_less):
        return (power * (one_less * (1 + u)).ln()).exp()

    whole = integral(lambda u, rest: density(u, rest), Decimal(1))
    u = Decimal("1.96") / (df + Decimal("1.96") ** 2).sqrt()
    for _ in range(60):
        part = integral(lambda v, rest: density(v, 1 - u + rest), u)
        change = (part / whole - Decimal("0.95")) * whole / density(u, 1 - u)
        u = u - change if u - change < 1 else (u + 1) / 2
        if abs(change) < Decimal("1e-28"):
            break
    return u * (df / (1 - u * u)).sqrt()


def z_quantile():
    """The 0.975 quantile of the normal distribution."""
    root = (2 * PI).sqrt()
    z = Decimal("1.96")
    for _ in range(10):
        part = integral(lambda x, _: (-x * x / 2).exp(), z) / root
        z -= (part - Decimal("0.475")) * root * (z * z / 2).exp()
    return z


Z = z_quantile()


def atanh(x):
    return ((1 + x) / (1 - x)).ln() / 2


def tanh(x):
    e = (2 * x).exp()
    return (e - 1) / (e + 1)
