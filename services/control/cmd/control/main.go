// Command control is the control API of a bridge whose services are programs of their own.
package main

import (
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control"
)

func main() { service.Main("control", control.Run) }
