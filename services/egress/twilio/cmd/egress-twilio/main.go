// Egress-twilio is the Twilio network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/twilio"
)

func main() { runtime.Main(twilio.Network) }
