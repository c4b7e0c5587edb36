// Egress-clicksend is the ClickSend network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider"

	"github.com/bonychat/puente/services/egress/clicksend"
)

func main() { provider.Main(clicksend.Network) }
