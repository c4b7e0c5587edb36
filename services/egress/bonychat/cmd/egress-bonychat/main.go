// Command egress-bonychat posts events to the platform.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/services/egress/bonychat"
)

func main() { runtime.Main(bonychat.Platform) }
