// Egress-telegram is the Telegram network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/telegram"
)

func main() { runtime.Main(telegram.Network) }
