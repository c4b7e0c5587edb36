// Egress-whatsapp is the WhatsApp network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

func main() { provider.Main(whatsapp.Network) }
