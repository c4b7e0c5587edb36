// Command translator stands between networks and platform.
package main

import (
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/translator"
)

func main() { service.Main("translator", translator.Run) }
