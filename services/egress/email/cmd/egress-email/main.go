// Egress-email is the e-mail network's service.
package main

import (
	"github.com/bonychat/puente/pkg/provider/runtime"

	"github.com/bonychat/puente/services/egress/email"
)

func main() { runtime.Main(email.Network) }
