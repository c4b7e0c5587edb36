// Package operator is the far end of the phone network: one account of a vendor that exists for development, with the
// phones of all its customers.
//
// It takes messages over HTTP as a vendor does, shows them on the phones, and calls the gateway's webhook with what is
// typed there and with receipts: sent, delivered, read, failed. Calls are in order for each contact and repeated until
// the gateway takes them. It keeps a record of what it accepted, honours an idempotency key, and fails on demand in the
// ways of real networks: see [Fault]. The wire is documented with the network's service, services/egress/phone.
//
// It is not its job to be fast, to keep anything over a restart, or to know who BonyChat is.
//
//	op := operator.New(operator.Config{Secret: secret, WebhookURL: func() string { return gateway + "/webhooks/phone/c1" }})
//	go op.Run(ctx)
//	http.ListenAndServe(address, op) // the account's url is http://<address>
//	op.Write("ana", "Ana", customchannel.Message{Type: customchannel.TypeText, Text: "hola"})
package operator
