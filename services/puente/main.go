// Command puente is Puente as one program, with the networks that it comes with.
package main

import (
	"github.com/bonychat/puente/services/puente/allinone"
	"github.com/bonychat/puente/services/puente/builtin"
)

func main() { allinone.Main(builtin.Networks()...) }
