// Egress-sms is the service of SMS providers that are declared in the configuration.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/sms"
)

func main() { runtime.Main(sms.Network) }
