// Egress-webhook is the service of apps that are connected by webhook.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/webhook"
)

func main() { runtime.Main(webhook.Network) }
