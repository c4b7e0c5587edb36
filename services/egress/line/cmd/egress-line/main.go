// Egress-line is the LINE network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/line"
)

func main() { runtime.Main(line.Network) }
