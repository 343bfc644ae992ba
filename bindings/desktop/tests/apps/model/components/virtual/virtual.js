Component({
  options: { virtualHost: true },
  externalClasses: ['ext'],
  properties: { class: String, style: String },
})
