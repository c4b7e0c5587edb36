// Command ingress is the HTTP edge.
package main

import (
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/ingress"
)

func main() { service.Main("ingress", ingress.Run) }
