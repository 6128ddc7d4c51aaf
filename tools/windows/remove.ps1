# Takes the agent off this computer.  At the hub nothing is forgotten: settings, what was sent
# and how far was read stay there, for the agent on the next computer.

$ErrorActionPreference = "Stop"
Unregister-ScheduledTask -TaskName "Counterfoil agent" -Confirm:$false -ErrorAction SilentlyContinue
Remove-Item -Recurse -Force (Join-Path $env:LOCALAPPDATA "Counterfoil") -ErrorAction SilentlyContinue
Write-Host "The agent is removed. Make a new token at the hub before the next computer takes over."
