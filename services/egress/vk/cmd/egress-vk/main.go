// Egress-vk is the VK network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/vk"
)

func main() { runtime.Main(vk.Network) }
