# Installs the Counterfoil agent for the Windows user who works with QuickBooks.
#
# Run it in PowerShell as that user (not as another administrator):
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Hub https://hub.example
#
# It makes a private Python environment, installs exactly the locked packages, keeps the token
# encrypted for this user and computer, and has the agent started whenever this user signs in:
# QuickBooks lets in programs of a user who is signed in, and no services.

param(
    [Parameter(Mandatory = $true)][string]$Hub,
    [string]$CompanyFile = "",
    [string]$Python = "py"
)

$ErrorActionPreference = "Stop"
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$home_ = Join-Path $env:LOCALAPPDATA "Counterfoil"
$venv = Join-Path $home_ "environment"
$taskName = "Counterfoil agent"

function Invoke-Checked([string]$what, [scriptblock]$command) {
    & $command
    if ($LASTEXITCODE -ne 0) { throw "$what did not work; see the lines above." }
}

New-Item -ItemType Directory -Force -Path $home_ | Out-Null
Invoke-Checked "Making the environment (Python 3.11 or newer is needed)" { & $Python -m venv $venv }
$pip = Join-Path $venv "Scripts\python.exe"
Invoke-Checked "Installing the packages" {
    & $pip -m pip install --quiet --require-hashes -r (Join-Path $here "requirements.txt")
}
$wheel = Get-ChildItem -Path $here -Filter "counterfoil-*.whl" | Select-Object -First 1
Invoke-Checked "Installing Counterfoil" {
    & $pip -m pip install --quiet --no-deps --force-reinstall $wheel.FullName
}

$token = Read-Host -AsSecureString "Token, as 'counterfoil connections token' showed it"
$token | ConvertFrom-SecureString | Set-Content -Path (Join-Path $home_ "token")
@{ hub = $Hub; company_file = $CompanyFile } | ConvertTo-Json |
    Set-Content -Path (Join-Path $home_ "agent.json")
Copy-Item -Force (Join-Path $here "start-agent.ps1") $home_

$start = Join-Path $home_ "start-agent.ps1"
$action = New-ScheduledTaskAction -Execute "powershell.exe" `
    -Argument "-NoProfile -WindowStyle Hidden -ExecutionPolicy Bypass -File `"$start`""
$trigger = New-ScheduledTaskTrigger -AtLogOn -User $env:USERNAME
$principal = New-ScheduledTaskPrincipal -UserId $env:USERNAME -LogonType Interactive -RunLevel Limited
$settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew
Register-ScheduledTask -Force -TaskName $taskName -Action $action -Trigger $trigger `
    -Principal $principal -Settings $settings | Out-Null
Start-ScheduledTask -TaskName $taskName
Write-Host "The agent is installed and started. What it says: $home_\agent.log"
Write-Host "Go on with the steps at the hub: counterfoil connections checklist"
