// Egress-discord is the Discord network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/discord"
)

func main() { runtime.Main(discord.Network) }
