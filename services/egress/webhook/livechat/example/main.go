// Example serves the live chat on its own: LISTEN is its address, BRIDGE where the channel takes calls, SECRETS what both
// sides sign with, the newest first, joined by commas.
//
//	LISTEN=127.0.0.1:8090 BRIDGE=https://bridge.example.com/webhooks/webhook/a4p8t2v6m1q9zc SECRETS=whsec_… go run ./services/egress/webhook/livechat/example
package main

import (
	"log"
	"os"

	"github.com/bonychat/puente/services/egress/webhook/livechat"
)

func main() {
	log.Fatal(livechat.Serve(os.Getenv("LISTEN"), os.Getenv("BRIDGE"), os.Getenv("SECRETS")))
}
