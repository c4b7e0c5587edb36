// Command egress-phone serves the phone network.
package main

import (
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/phone"
)

func main() { provider.Main(phone.Network) }
