function price(net, reduced) {
  if (reduced) {
    return net * 1.07;
  }
  return net * 1.19;
}

function refund(gross) {
  const fee = 1;
  return gross - fee;
}

module.exports = { price, refund };
