// Egress-clicksend is the ClickSend network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/clicksend"
)

func main() { runtime.Main(clicksend.Network) }
