// Distributions, each by its textbook series or continued fraction, to about fourteen digits.
const distributions = (() => {
  const TINY = 1e-300, PRECISION = 1e-17;

  // Stirling's series, from an argument that is large enough for it.
  const logGamma = (x) => {
    let shift = 0;
    for (; x < 15; x += 1) shift += Math.log(x);
    const y = 1 / (x * x);
    const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
    return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
  };

  // Lentz's evaluation of a continued fraction b0 + a1/(b1 + a2/(b2 + ...)).
  const continuedFraction = (b0, term) => {
    let f = b0 || TINY, c = f, d = 0;
    for (let k = 1; k < 10000; k += 1) {
      const [a, b] = term(k);
      d = 1 / (b + a * d || TINY);
      c = b + a / c || TINY;
      f *= c * d;
      if (Math.abs(c * d - 1) < 1e-16) break;
    }
    return f;
  };

  // Upper tail of the gamma distribution.
  const gammaTail = (a, x) => {
    if (!(x > 0)) return x === 0 ? 1 : NaN;
    const front = Math.exp(a * Math.log(x) - x - logGamma(a));
    if (x >= a + 1) return front / continuedFraction(x + 1 - a, (k) => [-k * (k - a), x + 1 - a + 2 * k]);
    let term = 1 / a, sum = term;
    for (let k = 1; term > sum * PRECISION; k += 1) sum += term *= x / (a + k);
    return 1 - front * sum;
  };

  const chiSquareTail = (statistic, df) => gammaTail(df / 2, statistic / 2);

  // The z that a share `tail` of the normal distribution exceeds, by Newton's steps; tail is under one half.
  const normalQuantile = (tail) => {
    let z = Math.sqrt(-2 * Math.log(tail)) - 0.5;
    for (let k = 0; k < 100; k += 1) {
      const above = z < 0 ? 1 - gammaTail(0.5, (z * z) / 2) / 2 : gammaTail(0.5, (z * z) / 2) / 2;
      const step = ((above - tail) * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
      z += Math.max(-0.5, Math.min(0.5, step));
      if (Math.abs(step) < 1e-15) break;
    }
    return z;
  };

  const betaShare = (x, a, b) => {
    if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
    const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return front / a / continuedFraction(1, (k) => {
      const m = Math.floor(k / 2), p = a + 2 * m;
      return [k % 2 ? (-(a + m) * (a + b + m) * x) / (p * (p + 1)) : (m * (b - m) * x) / ((p - 1) * p), 1];
    });
  };

  // Where a function turns from false to true between two numbers.
  const turningPoint = (isAbove, low, high) => {
    for (let k = 0; k < 200; k += 1) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (isAbove(middle)) high = middle; else low = middle;
    }
    return (low + high) / 2;
  };

  const betaQuantile = (share, a, b) => turningPoint((x) => betaShare(x, a, b) >= share, 0, 1);

  return { logGamma, chiSquareTail, normalQuantile, betaQuantile, turningPoint };
})();
