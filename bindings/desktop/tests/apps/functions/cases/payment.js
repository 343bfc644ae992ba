// Payment, in a host that has none: what a payment does is tested where there is a server (core/engine/tests/engine/payment.rs).
const call = {
  timeStamp: '1700000000',
  nonceStr: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
  package: 'prepay_id=wx201410272009395522657a690389285100',
  signType: 'RSA',
  paySign: 'AAAA',
}

module.exports = [
  { api: 'requestPayment', args: call, fail: 'requestPayment:fail system error: this host has no payments' },
]
