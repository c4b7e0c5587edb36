// Egress-whatsapp is the WhatsApp network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

func main() { runtime.Main(whatsapp.Network) }
