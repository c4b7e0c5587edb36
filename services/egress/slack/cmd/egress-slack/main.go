// Egress-slack is the Slack network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/slack"
)

func main() { runtime.Main(slack.Network) }
