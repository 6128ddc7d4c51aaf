# Runs the agent with what install.ps1 kept; started by the task at log-on.
#
# The agent itself waits for a hub that is away.  It ends with code 1 when a person has to act
# (the token is not valid any more, another agent has taken over): then it stays ended.

$ErrorActionPreference = "Stop"
$home_ = Join-Path $env:LOCALAPPDATA "Counterfoil"
$log = Join-Path $home_ "agent.log"
$kept = Get-Content (Join-Path $home_ "agent.json") | ConvertFrom-Json
$secure = Get-Content (Join-Path $home_ "token") | ConvertTo-SecureString
$pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($secure)
$env:COUNTERFOIL_AGENT_TOKEN = [Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer)
[Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer)
$arguments = @("-m", "counterfoil", "agent", "--hub", $kept.hub)
if ($kept.company_file) { $arguments += @("--company-file", $kept.company_file) }
$python = Join-Path $home_ "environment\Scripts\python.exe"

do {
    if ((Test-Path $log) -and (Get-Item $log).Length -gt 5MB) { Move-Item -Force $log "$log.old" }
    $process = Start-Process -FilePath $python -ArgumentList ($arguments | ForEach-Object { "`"$_`"" }) `
        -NoNewWindow -Wait -PassThru -RedirectStandardOutput "$log.now" -RedirectStandardError "$log.errors"
    Get-Content "$log.now", "$log.errors" -ErrorAction SilentlyContinue | Add-Content $log
    $again = $process.ExitCode -notin 0, 1, 2, 3
    if ($again) { Start-Sleep -Seconds 60 }
} while ($again)
